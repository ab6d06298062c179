"""`dev.py chaos`: real processes killed at random under load, then everything counted (reliability.md P1, P2, P4, P5).

`storm` starts the servers and kills them, `ground` builds the world, `crowd` is the people and the mail server, `verdict`
compares the ledger, the mails and the reports with what had to be.
"""
