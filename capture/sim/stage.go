package sim

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// The sources of light that every scene has: the room, then the four tiles.
// Attacks may have more.
const (
	roomLight = iota
	firstTile
	usualSources = firstTile + quarters
)

// stage is a scene, built: light that only waits for the strength of its
// sources.
type stage struct {
	view      view
	front     *layer
	back      *layer // what stands still behind, without margins
	lids      *patch // shut eyes; nil when they cannot be shut
	landmarks [5]engine.Point
	box       engine.Box
	face      []int // pixels of the front layer that show the face, for metering
	leans     [usualSources][2]float64
}

// patch is a part of a layer in another state.
type patch struct {
	layer      *layer
	left, top  int
	wide, high int
}

// view is what the camera sees: the face in the middle, or nearly.
func (s *Scene) view() view {
	v := view{width: 320, height: 240, focal: s.Camera.Focal}
	if s.Wish.Wide {
		v.width, v.height = 640, 480
	}
	r := diceFor(s.Seed, "view")
	k := s.Kiosk
	v.eye = vec{k.Beside, k.Screen.Height/2 + k.Above, 0}
	v.cx, v.cy = float64(v.width)/2, float64(v.height)/2
	face := s.stands().of(vec{0, -22, 60})
	v = v.aim(face, v.cy+r.about(0, 5))
	x, _, _ := v.pixel(face)
	v.cx += v.cx - x + r.about(0, 6)
	return v
}

// stands is where the person stands: the place between the eyes is turned about
// and lies as far away as the scene says.
func (s *Scene) stands() pose {
	p := s.Stance
	return pose{turned(p.Yaw, -p.Pitch, p.Roll), vec{0, 0, 88}, vec{p.X, p.Y, -p.Away}}
}

// actor is somebody to be lit: a mesh in its own frame, where it stands, how it
// is coloured, and how it shines.
type actor struct {
	mesh   *mesh
	stands pose
	colour colours
	wrap   [3]float32
	shadow bool
	oil    float64 // shine of skin; below 0 is none
}

// render lights an actor and draws it. What cannot be seen is not lit.
func (s *Scene) render(v view, a actor) (*layer, *samples, *mesh, shine) {
	room := &mesh{corners: append([]corner(nil), a.mesh.corners...), triangles: a.mesh.triangles}
	room.move(a.stands.turn, a.stands.centre, a.stands.at)
	seen := v.raster(room)
	own, world := a.mesh.only(room, seen)
	var heights *relief
	if a.shadow {
		heights = reliefOf(a.mesh, 3)
	}
	p := placesOf(own)
	light := newShine(len(own.corners), usualSources)
	light.diffuse(roomLight, s.sky().light(p, a.stands, a.wrap, heights))
	for tile := range quarters {
		light.diffuse(firstTile+tile, s.Screen.light(p, a.stands, tile, a.wrap, heights))
	}
	if a.oil >= 0 {
		s.glaze(world, light, v.eye, a.oil)
	}
	l := newLayer(v, usualSources)
	l.shade(seen, world, light, a.colour)
	return l, seen, world, light
}

// only keeps the corners of the triangles that are seen, in the thing's own
// frame and in the room, and renumbers.
func (m *mesh) only(room *mesh, seen *samples) (own, world *mesh) {
	own, world = &mesh{}, &mesh{}
	triangles, corners := make([]int32, len(m.triangles)), make([]int32, len(m.corners))
	for i := range triangles {
		triangles[i] = -1
	}
	for i := range corners {
		corners[i] = -1
	}
	for k, t := range seen.triangle {
		if t < 0 {
			continue
		}
		if triangles[t] < 0 {
			var is [3]int32
			for i, c := range m.triangles[t] {
				if corners[c] < 0 {
					corners[c] = int32(len(own.corners))
					own.corners, world.corners = append(own.corners, m.corners[c]), append(world.corners, room.corners[c])
				}
				is[i] = corners[c]
			}
			triangles[t] = int32(len(own.triangles))
			own.triangles = append(own.triangles, is)
		}
		seen.triangle[k] = triangles[t]
	}
	world.triangles = own.triangles
	return own, world
}

func (s *Scene) sky() ambience { return newAmbience(s.Room.Direct, s.Room.Window) }

// glaze adds what skin mirrors of the screen: the lobe of a rough surface
// (Trowbridge and Reitz, with Schlick's Fresnel term at 0.028), stronger and
// narrower the oilier the skin. Eyes, hair and cloth get the same; it is little.
func (s *Scene) glaze(world *mesh, light shine, eye vec, oil float64) {
	rough := 0.45 - 0.15*oil
	a2 := rough * rough * rough * rough
	for tile := range quarters {
		lamps := s.Screen.lamps(tile, 2, 2)
		for i, c := range world.corners {
			if c.made == frameMaterial {
				continue
			}
			to := eye.sub(c.at).unit()
			facing := c.normal.dot(to)
			if facing <= 0.05 {
				continue
			}
			sum := 0.0
			for _, l := range lamps {
				d := vec{float64(l.x), float64(l.y), float64(l.z)}.sub(c.at)
				r := d.long()
				d = d.times(1 / r)
				at := c.normal.dot(d)
				if at <= 0 {
					continue
				}
				half := d.add(to).unit()
				n, h := c.normal.dot(half), to.dot(half)
				k := n*n*(a2-1) + 1
				fresnel := 0.028 + 0.972*math.Pow(1-h, 5)
				sum += float64(l.weight) * d.z / (r * r) * at * fresnel * a2 / (math.Pi * k * k) / (4 * max(facing*at, 0.1))
			}
			light.gloss(i, firstTile+tile, (0.4+0.6*oil)*sum)
		}
	}
	for i, c := range world.corners {
		light.gloss(i, roomLight, 0.028/math.Pi*(0.4+0.6*oil)*max(0, c.normal.dot(eye.sub(c.at).unit())))
	}
}

// leans says by how much each source's light on the face grows for each degree
// of yaw and pitch.
func (s *Scene) leansOf(stands pose) [usualSources][2]float64 {
	flat := func(yaw, pitch float64) [usualSources]float64 {
		p := pose{turned(yaw, -pitch, 0), vec{}, stands.at}
		one := placesOf(&mesh{corners: []corner{{normal: vec{z: 1}}}})
		none := [3]float32{}
		var list [usualSources]float64
		list[roomLight] = float64(s.sky().light(one, p, none, nil)[0])
		for tile := range quarters {
			list[firstTile+tile] = float64(s.Screen.light(one, p, tile, none, nil)[0])
		}
		return list
	}
	const step = 2.0
	rest, yawed, pitched := flat(0, 0), flat(step, 0), flat(0, step)
	var leans [usualSources][2]float64
	for i := range leans {
		leans[i] = [2]float64{(yawed[i]/rest[i] - 1) / step, (pitched[i]/rest[i] - 1) / step}
	}
	return leans
}
