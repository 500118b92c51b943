"""The language server. Everything but `server` is pure: texts and places in, spans and words out."""
