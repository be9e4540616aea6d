//! Addresses, schemes and hosts behind proxies.
