"""The kit every service stands on. It knows no service and holds no business rule."""
