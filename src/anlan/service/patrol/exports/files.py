"""What kinds of files there are, and what they are printed with."""

from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "fonts"
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/zip",
    "geojson": "application/geo+json",
    "json": "application/json",
}
ENDINGS = {"parquet": "parquet.zip"}
PNG_PPI = 144.0
