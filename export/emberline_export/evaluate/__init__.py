"""Evaluation: forecasts scored on films that were not trained on, and the pages of docs/."""
