"""Where everything is wired: settings, addresses, the server's entry. Nothing else imports it but the command line."""
