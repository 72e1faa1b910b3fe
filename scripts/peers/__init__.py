"""Other ways to find the article, on the same rows: what `manage.py evaluate --peers` compares ours with.

Each module is a program of its own, so that time and memory are its own too; `work` is what they share.
"""
