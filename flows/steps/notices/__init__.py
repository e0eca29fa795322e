"""Notices (通知单) under SJE/ZY/GK-02 art. 2 to 2.5: what they say, how far they are, what is printed, who is told."""
