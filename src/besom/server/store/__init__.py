"""SQL lives here and nowhere else: tables, migrations, queries; one file per noun."""
