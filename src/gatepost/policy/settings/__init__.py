"""What a policy file holds, read table by table, with the line of everything that is wrong."""
