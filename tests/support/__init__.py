"""What several tests share: a program driven by data, and the engines that run it."""
