"""The demo: a small, invented contact centre with its people, conversations and calls.

Fernlatch, the company, sells indoor gardens with lamp, pump and app, and a subscription for seed pods. It does not
exist; neither do its people, customers, carriers and postcodes. Everything follows from a seed.
"""
