"""Figures of how enquiries went, per hour, day, weekday, topic and department."""
