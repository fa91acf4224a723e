"""The municipality's attendance plan in force. So far a preset that is chosen; its rules raise the warnings (M03)."""
