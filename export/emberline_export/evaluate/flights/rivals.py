"""What a plain tracker makes of the same films: Lucas–Kanade by OpenCV, frame to frame."""

import cv2
import numpy as np


def cold(image: np.ndarray, grow_px: int = 7) -> np.ndarray:
    """255 where a thermal picture is neither hot nor next to what is."""
    low, high = np.median(image), np.partition(image.ravel(), -16)[-16]
    if high - low < 30:
        return np.full(image.shape, 255, np.uint8)
    calm = (image < low + 0.3 * (high - low)).astype(np.uint8) * 255
    return cv2.erode(calm, np.ones((grow_px, grow_px)))


def prepared(image: np.ndarray, trusted: np.ndarray, box_px: int = 41) -> np.ndarray:
    """Local contrast of trusted ground; what is not is grey."""
    weight = (trusted > 0).astype(np.float32)
    smooth = cv2.GaussianBlur(image, (0, 0), 1.3).astype(np.float32)
    count = cv2.blur(weight, (box_px, box_px)) + 1e-3
    mean = cv2.blur(smooth * weight, (box_px, box_px)) / count
    variance = cv2.blur(smooth * smooth * weight, (box_px, box_px)) / count - mean * mean
    z = (smooth - mean) / (np.sqrt(np.maximum(variance, 0)) + 2.5)
    return np.clip(128 + 48 * z * weight, 0, 255).astype(np.uint8)


def step(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """Homography from picture `a` to `b`, or None; pixels are counted from the first's middle."""
    corners = cv2.goodFeaturesToTrack(a, 300, 0.01, 6, mask=mask, blockSize=5)
    if corners is None or len(corners) < 12:
        return None
    there, ok, _ = cv2.calcOpticalFlowPyrLK(a, b, corners, None, winSize=(21, 21), maxLevel=3)
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    back, ok2, _ = cv2.calcOpticalFlowPyrLK(
        b, a, there, corners.copy(), winSize=(21, 21), maxLevel=3, flags=flags
    )
    near = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < 1
    good = (ok.ravel() == 1) & (ok2.ravel() == 1) & near
    if good.sum() < 12:
        return None
    pairs = corners[good].reshape(-1, 2), there[good].reshape(-1, 2)
    found, inliers = cv2.findHomography(*pairs, cv2.RANSAC, 1.5, maxIters=500)
    few = found is None or inliers.sum() < max(10, 0.25 * good.sum())
    return None if few else found


def frame_to_frame(frames: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Ground to pixels of every frame from that of the first, and how each was found."""
    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)
    colour = frames.ndim == 4
    grey = frames.mean(-1).astype(np.uint8) if colour else frames
    trust = [
        cv2.erode((g < 215).astype(np.uint8) * 255, np.ones((7, 7))) if colour else cold(g)
        for g in grey
    ]
    ready = [prepared(g, t) for g, t in zip(grey, trust, strict=True)]
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # middle of a pixel to its corner
    found, how = [first], ["steadied"]
    for k in range(1, len(frames)):
        moved = step(ready[k - 1], ready[k], trust[k - 1])
        how.append("lost" if moved is None else "steadied")
        moved = np.eye(3) if moved is None else half @ moved @ np.linalg.inv(half)
        found.append(moved @ found[-1])
    return np.stack(found), how
