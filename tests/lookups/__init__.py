"""Look-ups, made by a program on the offline engine and on Pulumi, against the simulator."""
