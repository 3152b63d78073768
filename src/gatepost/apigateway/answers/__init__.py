"""What the gateway answers by itself: failures, preflights, mock integrations, other servers' answers and log lines."""
