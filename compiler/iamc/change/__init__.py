"""`iamc diff`: what a change of declarations or policies lets people do that they could not do before, and what not."""
