"""Rasa graph components: thin shells over `nlu`'s pure functions. The only modules of `nlu` that import Rasa."""
