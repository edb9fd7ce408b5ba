"""What users get from `langsmith_pulumi.testing`: the pytest plugin, stacks, results and names."""
