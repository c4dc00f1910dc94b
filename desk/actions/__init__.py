"""What a person can do in the desk, each as one function that pages, the API and the command line share.

Each takes the store, who acts and when; it checks what it is given, does everything in one transaction and writes the
audit entry in it. Whether the person may is asked before, at the door.
"""
