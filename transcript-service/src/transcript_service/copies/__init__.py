"""The written copy of a conversation: what was said by whom and when, and the forms it is given."""
