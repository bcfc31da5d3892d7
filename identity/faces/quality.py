"""Is one frame good enough to judge? Each fault has a code that tells the person what to do.

Gates on the aligned 112 px crop, as measured on LFW: variance of the Laplacian, sharp p5 = 64,
blurred (σ 2) p95 = 37; mean luminance, normal 83–155, darkened to a fifth about 29.
"""

import cv2
import numpy as np

from identity.faces import covered
from identity.faces.engine import Face
from identity.faces.errors import (
    FaceBlurred,
    FaceCovered,
    FaceTooBright,
    FaceTooDark,
    FaceTooSmall,
    NoFace,
    SeveralFaces,
)
from identity.faces.pictures import Pixels

WIDTH = 80  # pixels of the box in a picture of at most 640
RIVAL = 0.5  # a second face this large beside the first; smaller ones are passers-by
SHARP = 40.0
DARK, BRIGHT = 50.0, 200.0
GLARED, GLARE = 250, 0.10  # the share of pixels above 250


def only_face(faces: list[Face]) -> Face:
    """The one large face. Raises NoFace or SeveralFaces."""
    if not faces:
        raise NoFace
    if len(faces) > 1 and faces[1].size >= RIVAL * faces[0].size:
        raise SeveralFaces
    return faces[0]


def judge_light(face: Face, crop: Pixels) -> None:
    """Raises FaceTooSmall, FaceTooDark, FaceTooBright or FaceBlurred."""
    if face.box[2] < WIDTH and face.box[3] < WIDTH * 1.25:
        raise FaceTooSmall
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    mean = float(grey.mean())
    if mean < DARK:
        raise FaceTooDark
    if mean > BRIGHT or float(np.mean(grey > GLARED)) > GLARE:
        raise FaceTooBright
    if cv2.Laplacian(grey, cv2.CV_64F).var() < SHARP:
        raise FaceBlurred


def judge_cover(crop: Pixels) -> None:
    """For frontal faces. Raises FaceCovered."""
    if covered.cover(crop) > covered.COVERED:
        raise FaceCovered
