"""The provider's endpoints over HTTP: each reads a Message and answers; identity.oauth decides."""
