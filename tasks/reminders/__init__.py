"""Reminders: who must hear what, and when (design 9).

Read in this order: `occasions` (on which days a due date speaks), `hours` (when a person may be written to), `people`
(who answers for a row), `plan` (writes the ledger, safe twice), `digests` (which message carries what), `check` (is it
still true?), `letters` (the words), `send` (claim, check, send, mark), `jobs` (Celery's door). The ledger itself is
`tasks.models.reminders`; `ledger` holds the words that several of these and the pages share.
"""
