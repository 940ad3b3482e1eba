"""A table of any length as Parquet, for programs: typed columns, one row group after the other."""

import json
from collections.abc import Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from qa_app.workbooks.long import Describe, Kind, LongColumn, Pages, Row, Written, turn

GROUP_ROWS = 100_000
_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.COUNT: pa.int64(),
    # 12 places are what scores are kept with; ten digits before the point are what a form allows.
    Kind.EXACT: pa.decimal128(28, 12),
    Kind.FLAG: pa.bool_(),
}


def write_parquet(target: BinaryIO, columns: Sequence[LongColumn], pages: Pages, describe: Describe) -> Written:
    """Write all rows; what the methods sheet of a workbook says stands in the file's metadata under `methods`."""
    written = Written()
    schema = pa.schema([pa.field(column.id, _TYPES[column.kind]) for column in columns])
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(target, schema, compression="zstd") as into:
        for page in filter(None, pages):
            waiting.append(_make_batch(schema, columns, page))
            written.rows += len(page)
            if sum(len(batch) for batch in waiting) >= GROUP_ROWS:
                into.write_table(pa.Table.from_batches(waiting, schema))
                waiting.clear()
        if waiting:
            into.write_table(pa.Table.from_batches(waiting, schema))
        into.add_key_value_metadata({"methods": json.dumps(dict(describe(written)), ensure_ascii=False)})
    return written


def _make_batch(schema: pa.Schema, columns: Sequence[LongColumn], page: Sequence[Row]) -> pa.RecordBatch:
    arrays = [_make_array(column, values) for column, values in zip(columns, turn(page), strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _make_array(column: LongColumn, values: Sequence[object]) -> pa.Array:
    kind = _TYPES[column.kind]
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half of a character, which no UTF-8 holds.
        whole = [None if value is None else str(value).encode("utf-8", "replace").decode() for value in values]
        return pa.array(whole, kind)
