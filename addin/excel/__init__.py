"""gouji.xlam, written from readable sources: VBA, the ribbon and our own OLE container."""
