"""Pages that show several rooms: home, boards, and the lists behind their figures."""
