"""The company library (SJE/ZY/GK-02 art. 2): what a department keeps ready for its bids, how it is found and used."""
