"""gouji addin build|install|uninstall|doctor: what lies where on a desk."""
