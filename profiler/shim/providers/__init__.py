"""What each SDK's calls, answers and usage objects look like; one file each."""
