"""Measuring Safar: evaluation rows, what came of them, peers on the same work, what each part adds.

`rows` reads the sets, `asking` asks them, `figures` counts, `peers` and `ablation` compare, `charts` draws.
"""
