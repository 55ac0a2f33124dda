import os
import sys

TEST = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path[:1] = [TEST, f"{TEST}/lab", f"{TEST}/soracom"]  # fo_storm and fo_class_storm, fo_lab, soracom_api

from fo_class_storm.cli import main  # noqa: E402  (the path has to be set first)

sys.exit(main(sys.argv[1:]))
