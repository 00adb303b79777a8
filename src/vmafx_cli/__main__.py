"""The program, for `python -m vmafx_cli`."""

from vmafx_cli.entry import main

if __name__ == "__main__":
    main()
