"""Sealed objects, keys, signed decisions and their provable history."""
