"""Questions asked of the rows and the papers that answer them; read-only."""
