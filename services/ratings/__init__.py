"""好差评 (GB/T 39735): what residents think of services, asked once and never forced."""
