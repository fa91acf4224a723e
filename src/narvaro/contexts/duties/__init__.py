"""The law's duties as dated checks (M09, M18): met, due, late, or not applicable and why. The principal decides."""
