"""The ground of the web application: who acts, within which authority, by which right, and the audit of it."""
