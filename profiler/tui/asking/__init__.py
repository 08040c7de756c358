"""What is asked of the calls: ranges, filters that were kept, the calls behind a figure."""
