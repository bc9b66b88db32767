"""What the form is: editions, and the workbooks made from them.

Imports nothing of ours and never pandas: ``gouji template`` must start at once.
"""
