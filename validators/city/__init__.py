"""Many units' reports: collected, remembered, added up, written as the roll-up workbook."""
