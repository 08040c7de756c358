"""Alerts: whoever is to be told that a budget fills is told, once, and again until they are.

The ledger writes down what is to be told in the transaction that finds it out. Whoever ingests
starts a program of its own to tell it, so that a slow or dead channel holds up nothing. A message
is claimed for a while, sent, and marked as sent; a sender that dies in between leaves a claim that
runs out, and the next one sends the same message under the same id. So a message arrives at least
once, and twice only where nobody can know that it had arrived.
"""
