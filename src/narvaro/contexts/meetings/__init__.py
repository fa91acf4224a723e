"""Conversations and meetings around a pupil: invitation, who came, what was said and agreed, everyone's own words."""
