"""Reads a list of documents as JSON and prints for each whether it is valid by the schema that is named."""

import json
import sys

import xmlschema

schema = xmlschema.XMLSchema(sys.argv[1])


def is_valid(document: str) -> bool:
    try:
        return schema.is_valid(document)
    except Exception:  # no XML at all
        return False


print(json.dumps([is_valid(document) for document in json.load(sys.stdin)]))
