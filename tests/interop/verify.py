"""Verifies deliveries with the providers' own libraries.

Reads a JSON list from standard input: format, secret, url, headers, body. Writes a JSON list to standard output: true
where the library of the format takes the delivery for the provider's.
"""

import json
import sys

import stripe
from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook, WebhookVerificationError
from twilio.request_validator import RequestValidator


def standard_webhooks(delivery):
    try:
        Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
    except WebhookVerificationError:
        return False
    return True


def of_stripe(delivery):
    header = delivery["headers"]["stripe-signature"]
    try:
        return stripe.WebhookSignature.verify_header(delivery["body"], header, delivery["secret"], tolerance=300)
    except stripe.SignatureVerificationError:
        return False


def slack(delivery):
    return SignatureVerifier(delivery["secret"]).is_valid_request(delivery["body"], delivery["headers"])


def twilio(delivery):
    signature = delivery["headers"]["x-twilio-signature"]
    return RequestValidator(delivery["secret"]).validate(delivery["url"], delivery["body"], signature)


LIBRARIES = {"standard-webhooks": standard_webhooks, "stripe": of_stripe, "slack": slack, "twilio": twilio}

deliveries = json.load(sys.stdin)
json.dump([bool(LIBRARIES[delivery["format"]](delivery)) for delivery in deliveries], sys.stdout)
