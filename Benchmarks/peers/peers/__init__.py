"""Other software's searchers on FAST's problems, on equal terms with our agents. See README.md beside this folder."""
