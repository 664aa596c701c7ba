"""Evaluation of the fused model and of mmdesk as a whole: captions, answers, OCR, speech."""
