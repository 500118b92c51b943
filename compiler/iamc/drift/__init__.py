"""What the action database decides, written down (`lock`), and what another database would decide (`compare`)."""
