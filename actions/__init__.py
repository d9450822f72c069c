"""Every change of state, one module per noun; an action changes rows and says what must be said."""
