"""What people complain about in such applications, and that it cannot happen here."""
