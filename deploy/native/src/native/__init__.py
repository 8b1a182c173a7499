"""The one-command start: everything the system needs, run natively in one folder.

`bootstrap` and what it imports use the standard library only, because they run before
anything is installed. The rest may use the locked packages.
"""
